import type { ServerResponse } from 'node:http';
import { type ArgumentsHost, Catch, type ExceptionFilter, NotFoundException } from '@nestjs/common';
import { sendEnvelope } from '../errors/error-envelope.filter.js';
import { refused } from '../journal/call-record.js';
import type { DfnsRequest } from './dfns-request.js';
import { RequestLog } from './request-log.js';

/**
 * Answers requests for which there is no route: 501, and the log and the journal say so too. Nest throws `NotFoundException` only for
 * them. A thing that is not found is a `Refusal`.
 */
@Catch(NotFoundException)
export class UnknownRouteFilter implements ExceptionFilter {
  constructor(private readonly log: RequestLog) {}

  catch(_: NotFoundException, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const request = http.getRequest<DfnsRequest>();
    const problem = `this sandbox does not know ${request.method} ${request.originalUrl}`;
    this.log.noteProblem(request, problem);
    refused(problem);
    sendEnvelope(http.getResponse<ServerResponse>(), 501, problem);
  }
}
