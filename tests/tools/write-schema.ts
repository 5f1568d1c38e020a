import { writeFileSync } from 'node:fs';
import { protocolSchema, SCHEMA_FILE } from './protocol-schema.ts';

writeFileSync(SCHEMA_FILE, protocolSchema());
