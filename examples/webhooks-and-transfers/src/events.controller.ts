import { Controller, Post } from '@nestjs/common';
import { DfnsWebhook, DfnsWebhookEvent } from 'nestjs-dfns-auth';
import { Ledger } from './ledger.js';

@Controller('webhooks')
export class EventsController {
  constructor(private readonly ledger: Ledger) {}

  @Post('dfns')
  @DfnsWebhook()
  handle(@DfnsWebhookEvent() event: DfnsWebhookEvent): void {
    if (event.kind === 'wallet.transfer.confirmed') this.ledger.booked.add(event.data.transferRequest.id);
  }
}
