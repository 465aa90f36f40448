import { Injectable } from '@nestjs/common';
import { Schedule } from '../configuration/schedule.js';
import { ApprovalStore } from './approval-store.js';

/** Approvals by hand: whoever controls the sandbox decides, whatever the groups say. All answers are plain JSON. */
@Injectable()
export class ApprovalControl {
  constructor(
    private readonly schedule: Schedule,
    private readonly approvals: ApprovalStore,
  ) {}

  /** Oldest first. */
  list() {
    this.schedule.run();
    return this.approvals.all().map((approval) => this.approvals.answer(approval));
  }

  approve(approvalId: string) {
    return this.#resolve(approvalId, 'Approved');
  }

  deny(approvalId: string) {
    return this.#resolve(approvalId, 'Denied');
  }

  expire(approvalId: string) {
    return this.#resolve(approvalId, 'Expired');
  }

  #resolve(approvalId: string, status: 'Approved' | 'Denied' | 'Expired') {
    this.schedule.run();
    return this.approvals.answer(this.approvals.resolve(this.approvals.get(approvalId), status));
  }
}
