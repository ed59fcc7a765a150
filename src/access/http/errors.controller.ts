import { Controller, Get } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { Names } from '../../gateway/views.js';
import { Public } from './access-rule.js';
import { ApiAnswer } from './api-answer.js';
import { ERROR_KINDS } from './error-catalogue.js';

export interface ErrorKindView {
  code: string;
  status: number;
  title: Names;
  /** What the caller does about it. */
  then: Names;
}

/** What the `type` of a refusal leads to. */
@ApiTags('operations')
@Public()
@Controller('api/v1/errors')
export class ErrorsController {
  @Get()
  @ApiAnswer(200, 'Every kind of refusal, and what to do about it.', '{items: ErrorKindView[]}')
  list(): { items: ErrorKindView[] } {
    return { items: Object.entries(ERROR_KINDS).map(([code, kind]) => ({ code, ...kind })) };
  }
}
