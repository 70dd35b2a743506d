import DTGenReports

/// `hopper.hpp`: the class for every model with this one's functions, in one file.
struct CPlusPlusPackage {
  var subject: PackageSubject
  var client: String

  private var name: CName { subject.name }

  var file: OutputFile {
    OutputFile(name: "include/\(subject.prefix).hpp", contents: Array(text.utf8))
  }

  private var text: String {
    let guardName = "\(name.constantPrefix)_HPP"
    let (macro, controller) =
      subject.hasNumberedActions
      ? ("DECISION_TRANSFORMER_NUMBERED_MODEL", "NumberedController")
      : ("DECISION_TRANSFORMER_MODEL", "Controller")
    return """
      // \(subject.mark)
      //
      // \(subject.summary), as a C++17 class: errors are exceptions, memory is the object's.
      //
      //   using decision_transformer::\(subject.model);
      //   \(subject.model)::self_test();   // once: throws where this build does not compute its checkpoint here
      //   \(subject.model) controller;
      //   controller.reset(target_return);
      //   while (...) {
      //     ... read the sensors into a \(subject.model)::State, and the reward of the previous action ...
      //     auto action = controller.act(state, reward);   // the critical path
      //     ... send the action ...
      //     controller.prepare();   // while the world moves
      //   }
      #ifndef \(guardName)
      #define \(guardName)

      #include "\(name.header)"

      \(clientWithoutPreface)
      namespace decision_transformer {

      \(macro)(\(subject.prefix), \(name.constantPrefix))

      /// \(subject.components).
      using \(subject.model) = \(controller)<\(subject.prefix)_model>;

      }  // namespace decision_transformer

      #endif

      """
  }

  /// From its `#ifndef` on: what stands above explains how to use it for a model.
  private var clientWithoutPreface: Substring {
    client.firstRange(of: "#ifndef").map { client[$0.lowerBound...] } ?? client[...]
  }
}
