import type { Binding } from './bind-project.ts'

export async function bindSourceQueries(binding: Binding): Promise<void> {
  void binding
}
