import { RegistrationCredentialsDto } from './registration-credentials.dto.js';

/** Body of `POST /auth/registration` (spec 11.3). */
export class CompleteRegistrationDto extends RegistrationCredentialsDto {}
