// What this stage is built on. Whoever imports the stage sees that, too.

@_exported import DecisionTransformerCodegen
