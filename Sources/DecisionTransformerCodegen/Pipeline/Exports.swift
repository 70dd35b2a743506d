// What this stage is built on. Whoever imports the stage sees that, too.

@_exported import DTGenCheckpoint
@_exported import DTGenManifest
@_exported import DTGenOutput
@_exported import DTGenRender
@_exported import DTGenSelfTest
