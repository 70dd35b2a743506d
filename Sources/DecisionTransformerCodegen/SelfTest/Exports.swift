// What this stage is built on. Whoever imports the stage sees that, too.

@_exported import DTGenMachine
@_exported import DTGenReference
