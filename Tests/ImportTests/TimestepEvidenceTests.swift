import DTGenImport
import Foundation
import RecordedEpisodes
import Testing

/// Online DT without its stochastic head has the original's names, and never reads its table of timesteps.
@Suite("Whether a file's model adds timesteps")
struct TimestepEvidenceTests {
  private func object(_ name: String) throws -> SavedObject {
    let path = try RecordedFamily(name).folder.appending(path: "model.pt").path
    return try SavedObject(FileBytes(path: path), path: path)
  }

  @Test("is told by an optimiser that has stepped")
  func optimizer() throws {
    #expect(GymImport.hasTimestepGradient(try object("online-dt-a")) == false)
    // Has not stepped; has none.
    #expect(GymImport.hasTimestepGradient(try object("online-dt-deterministic-b")) == nil)
    #expect(GymImport.hasTimestepGradient(try object("kzl-gym-a")) == nil)
  }

  @Test("is told by the trainer's arguments, and contradicting them is an error")
  func arguments() throws {
    let family = try RecordedFamily("online-dt-deterministic-b")
    #expect(GymImport.readsTimesteps(try object(family.name)) == false)
    #expect(try family.importer().run(output: "A.dtmodel").family == .onlineDT)
    let error = #expect(throws: InvalidInput.self) {
      try family.importer(family: .kzlGym).run(output: "A.dtmodel")
    }
    #expect(error?.description.contains("arguments of online-dt's trainer") == true)
  }
}
