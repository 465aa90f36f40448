import { applyDecorators } from '@nestjs/common';
import { ValidateIf } from 'class-validator';
import { Schema } from './member-schema.js';

/** May be left out; `null` is not leaving out, for Dfns refuses it. Write it above the other rules of the member. */
export const Optional = (): PropertyDecorator =>
  applyDecorators(
    ValidateIf((_object, value) => value !== undefined),
    Schema({ required: false }),
  );
