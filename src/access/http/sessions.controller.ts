import { Controller, Delete, Header, Headers, HttpCode, HttpException, Inject, Ip, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { z } from 'zod';
import { SessionService } from '../session.service.js';
import { Allow, Public } from './access-rule.js';
import { ApiAnswer } from './api-answer.js';
import { bearerToken } from './bearer-token.js';
import { ZodBody } from './zod-body.pipe.js';

const Login = z.object({
  username: z.string().min(1).max(100),
  password: z.string().min(1).max(200),
});

@ApiTags('sessions')
@Controller('api/v1/sessions')
export class SessionsController {
  constructor(@Inject(SessionService) private readonly sessions: SessionService) {}

  @Post()
  @Public()
  @Header('cache-control', 'no-store')
  @ApiAnswer(201, 'Signed in: send the token as `Authorization: Bearer`.', { token: 'string', expiresAt: 'date-time' })
  @ApiAnswer(401, 'Wrong user name or password.')
  @ApiAnswer(429, 'Too many wrong tries: wait `retryAfterS` seconds.')
  async open(@ZodBody(Login) login: z.infer<typeof Login>, @Ip() ip: string): Promise<object> {
    const result = await this.sessions.login(login.username, login.password, ip);
    if (result.ok) return { token: result.value.token, expiresAt: new Date(result.value.expiresAt).toISOString() };
    if (result.error.reason === 'throttled') {
      const { retryAfterS } = result.error;
      const message = `Too many wrong tries for this user name. Try again in ${retryAfterS} s.`;
      throw new HttpException({ statusCode: 429, code: 'too-many-requests', message, retryAfterS }, 429);
    }
    const message = 'Wrong user name or password.';
    throw new HttpException({ statusCode: 401, code: 'wrong-credentials', message }, 401);
  }

  @Delete()
  @Allow()
  @HttpCode(204)
  @ApiAnswer(204, 'Signed out: the token is worth nothing any more.')
  async close(@Headers() headers: { authorization?: string }): Promise<void> {
    const token = bearerToken(headers);
    if (token) await this.sessions.logout(token);
  }
}
