// Arrows point one way: cli, main → gateway → adapters → envelope → letter → problem. The sandbox is an outsider.
const layers = ['problem', 'letter', 'envelope', 'adapters', 'gateway']

module.exports = {
  forbidden: [
    {
      name: 'no-circles',
      severity: 'error',
      from: {},
      to: { circular: true, dependencyTypesNot: ['type-only'] },
    },
    ...layers.map((layer, floor) => ({
      name: `${layer}-looks-down`,
      severity: 'error',
      from: { path: `^src/${layer}/` },
      to: { path: '^src/', pathNot: `^src/(${layers.slice(0, floor + 1).join('|')})/` },
    })),
    {
      name: 'the-sandbox-is-an-outsider',
      severity: 'error',
      from: { path: '^src/sandbox/' },
      to: { path: '^src/', pathNot: '^src/(sandbox|envelope|letter|problem)/' },
    },
    {
      // The suite stands between the gateway and the systems that the sandbox plays.
      name: 'conformance-looks-down',
      severity: 'error',
      from: { path: '^src/conformance/' },
      to: { path: '^src/', pathNot: '^src/(conformance|sandbox|gateway|adapters|envelope|letter|problem)/' },
    },
    {
      name: 'nobody-imports-the-program',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/cli/' },
      to: { path: '^src/(cli/|main\\.ts)' },
    },
    {
      name: 'pure-layers-do-no-io',
      severity: 'error',
      from: { path: '^src/(problem|letter|envelope)/' },
      to: { path: '^(node:)?(fs|net|http|https|tls|child_process|worker_threads|os|dgram|dns)(/|$)' },
    },
    {
      // What plays a province's server is loaded only where a fleet or a conformance suite is run, from a checkout.
      name: 'no-development-dependencies',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/(sandbox/(servers|fleet)|conformance)/' },
      to: { dependencyTypes: ['npm-dev'] },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      extensions: ['.ts', '.js', '.mjs', '.json'],
      exportsFields: ['exports'],
      conditionNames: ['import', 'node'],
    },
  },
}
