// Six rules against mistakes; layout is left to the eye.
import globals from "globals";

const rules = {
  "no-undef": "error",
  "no-unused-vars": ["error", { args: "after-used" }],
  eqeqeq: "error",
  "prefer-const": ["error", { destructuring: "all" }],
  "no-shadow": "error",
  "no-implicit-globals": "error",
};

export default [
  {
    files: ["static/**/*.js"],
    languageOptions: { sourceType: "script", globals: { ...globals.browser, module: "readonly", Brandscape: "readonly" } },
    rules,
  },
  { files: ["tests/js/*.js"], languageOptions: { sourceType: "commonjs", globals: globals.node }, rules },
];
