import type { Project } from '../core/config/project.ts'
import { SluiceError } from '../core/diagnostics/diagnostic.ts'
import { didYouMean } from '../core/diagnostics/suggest.ts'

/** The pool of the project that `--pool` names.
 * @throws SluiceError SL915 if there is none of that name */
export function poolNamed({ pools }: Pick<Project, 'pools'>, name: string): string {
  if (Object.hasOwn(pools, name)) return name
  const names = Object.keys(pools)
  throw SluiceError.of('SL915', {
    message: `there is no pool \`${name}\``,
    hint:
      didYouMean(name, names, 1) ??
      (names.length > 0
        ? `The project has ${names.map((each) => `\`${each}\``).join(', ')}.`
        : `Declare it in sluice.yml: \`pools: { ${name}: 4 }\`.`),
  })
}
