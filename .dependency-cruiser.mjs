/** Who may import whom. The folders of the product are independent of one another; `main.ts` alone wires them. */
const parts = "proxy|analysis|cti|desk|oam|config|store";

export default {
  forbidden: [
    { name: "no-cycles", severity: "error", from: {}, to: { circular: true } },
    {
      name: "model-imports-nothing",
      severity: "error",
      from: { path: "^src/model/" },
      to: { path: "^src/", pathNot: "^src/model/" },
    },
    ...parts.split("|").map((part) => ({
      name: `${part}-is-independent`,
      comment: "A part declares the ports it needs in its own folder; main.ts provides them.",
      severity: "error",
      from: { path: `^src/${part}/`, pathNot: "^src/desk/ui/|\\.test\\.ts$" },
      to: {
        path: "^src/",
        pathNot:
          part === "desk"
            ? "^src/(desk|model|visitor)/"
            : part === "store"
              ? "^src/(store|model)/|^src/desk/ports\\.ts$"
              : `^src/(${part}|model)/`,
      },
    })),
    {
      name: "visitor-knows-the-model-only",
      severity: "error",
      from: { path: "^src/visitor/" },
      to: { path: "^src/", pathNot: "^src/(visitor|model)/" },
    },
    {
      name: "desk-ui-knows-the-protocol-only",
      severity: "error",
      from: { path: "^src/desk/ui/" },
      to: { path: "^src/", pathNot: "^src/(desk/ui|model)/|^src/desk/protocol\\.ts$" },
    },
    {
      name: "nobody-imports-main",
      severity: "error",
      from: { path: "^src/", pathNot: "^src/main" },
      to: { path: "^src/main" },
    },
    {
      name: "product-does-not-import-tests",
      severity: "error",
      from: { path: "^src/", pathNot: "\\.test\\.ts$" },
      to: { path: "^(test|bench|scripts|examples)/|\\.test\\.ts$" },
    },
  ],
  options: {
    parser: "swc",
    doNotFollow: { path: "node_modules" },
    tsPreCompilationDeps: true,
    exclude: { path: "^dist/" },
  },
};
