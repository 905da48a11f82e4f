import type { Binding } from './bind-project.ts'

export async function bindChecks(binding: Binding): Promise<void> {
  void binding
}
