import { HttpException } from '@nestjs/common';

/** An answer other than success: it becomes the error envelope of spec 7.1. */
export class Refusal extends HttpException {
  constructor(
    status: number,
    message: string,
    readonly details?: object,
  ) {
    super(message, status);
  }
}
