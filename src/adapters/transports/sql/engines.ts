// The engines that a profile can name: one line each.
import type { Engine } from './engine.ts'
import { mysql } from './mysql.ts'
import { postgresql } from './postgresql.ts'
import { sqlserver } from './sqlserver.ts'

export const engines: readonly Engine[] = [mysql, postgresql, sqlserver]
