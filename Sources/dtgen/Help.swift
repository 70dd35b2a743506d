import DTGenCommands
import DTGenImport
import DTGenReports

/// The help texts.
enum Help {
  static func text(for verb: Command.Verb?) -> String {
    switch verb {
    case nil: overview
    case .generate: generate
    case .inspect: inspect
    case .plan: plan
    case .calibrate: calibrate
    case .check: check
    case .compare: compare
    case .library: library
    case .diff: diff
    case .trace: trace
    case .`init`: initializing
    case .import: importing
    }
  }

  private static let overview = """
    dtgen \(Compiler.version): compiles a Hugging Face Decision Transformer into Swift.

    usage: dtgen <command> <Name>.dtmodel [options]

    commands:
      generate   write the Swift type <Name> and its weights
      inspect    show shape, plan, layout and sizes of the generated type
      plan       show what runs in each phase, operation by operation
      calibrate  choose the precision of each matrix by an error of actions
      check      compare checked-in output with fresh output
      compare    compare the model with numbers recorded elsewhere
      diff       explain what changed between two models or two outputs
      trace      where a tensor of the checkpoint goes, and what lies at an offset
      init       say what codegen.json lacks, and write what the folder knows
      import     make a model folder from a checkpoint of another project
      library    build a static and a shared library and a header, for C and whatever
                 calls C

    options:
      --help     this text, or a command's
      --version  the generator's version

    A model folder <Name>.dtmodel holds config.json, optionally a checkpoint and
    optionally codegen.json. Checkpoints, the first that is there: model.safetensors,
    model.safetensors.index.json and its shards, pytorch_model.bin (both formats of
    torch.save; nothing in it is executed), pytorch_model.bin.index.json and its shards.
    Where none of these is there, a file that looks like a checkpoint is an error.
    expected.json, or expected.safetensors, may hold rows of your own loop: states, rewards,
    actions and target_return. The checkpoint must give them, and the self test replays
    them.
    With "model_class": "DecisionTransformerGPT2Model" in codegen.json, the type is the
    trunk alone: embeddings in, hidden states out, with a cache of "tokens" tokens;
    whatever the checkpoint holds around the trunk then has no effect.
    Exit status: 0 done, 1 something wrong with the input, 2 wrong usage.
    """

  private static let generate = """
    usage: dtgen generate <Name>.dtmodel --output <folder> [options]

    Writes <Name>.swift and <Name>Kernels.swift and, if the model folder holds a
    checkpoint, its packed weights: <Name>Weights.swift, or <Name>.weights above 64 MB or
    with "weights": "file".
    Beside them lies .<Name>.manifest.json, which says what they are: shape, options,
    cost, packed tensors with their formulas, memory, and what rounded weights cost.
    Files that are up to date are not touched; after an error nothing is written.

    options:
      --output <folder>  where the files go; made if need be
      --code-only        only the code and its manifest, which then do not depend on the
                         checkpoint
      --for-build        for build plugins: always write <Name>.swift and
                         <Name>Weights.swift, and print problems as a compiler does

    Exit status: 0 done, 1 something wrong with the input, 2 wrong usage.
    """

  private static let inspect = """
    usage: dtgen inspect <Name>.dtmodel [--json | --html <file> [--bench <file>] [--golden <file>]]

    Shows the model's shape and options, the plan, the packed layout, what a step
    costs, and how far float32 is expected to be off. Writes nothing but the page.

    options:
      --json          the same as JSON
      --html <file>   writes a page instead, in one file that loads nothing, its folder
                      made if need be: the packed layout as a map, both phases by cost,
                      the window, the error by stage, and latencies
      --bench <file>  a report of dtbench --json for this model: its latencies go onto
                      the page
      --golden <file> a recorded episode, as dtgen compare takes it: the error of actions
                      by step goes onto the page

    Exit status: 0 done, 1 something wrong with the input, 2 wrong usage.
    """

  private static let plan = """
    usage: dtgen plan <Name>.dtmodel [--json]

    Shows the phases, their routines, and the operations of each as generated code has
    them. The checkpoint is not read.

    options:
      --json  the whole plan, with packed layout, recipes and memory

    Exit status: 0 done, 1 something wrong with the input, 2 wrong usage.
    """

  private static let trace = """
    usage: dtgen trace <Name>.dtmodel <tensor>
           dtgen trace <Name>.dtmodel <tensor>[row,column]
           dtgen trace <Name>.dtmodel --offset <floats>

    Shows where a tensor of the checkpoint goes in the packed weights, by which formula,
    and the lines of the generated code that read it; of one number, how many packed
    numbers depend on it, and where. With --offset the other way: what lies there.
    Tensors have Hugging Face's names, with "encoder." or without.

    options:
      --offset <floats>  a place in the packed weights, as generated code names it

    Exit status: 0 done, 1 something wrong with the input, 2 wrong usage.
    """

  private static let calibrate = """
    usage: dtgen calibrate <Name>.dtmodel [--max-action-error <number>] [--dry-run]

    Chooses float32, bfloat16, int16 or int8 for each matrix of the blocks: no action moves
    by more than max_action_error on the measured episode, in environment units (of
    numbered actions: no logit), with as little work as a search finds, matrix by matrix, by
    the plan's own estimate. Writes it into codegen.json:
    "max_action_error", "precision" and "matrix_precisions". All else there stays as it is.

    Errors are measured with the checkpoint, on calibration.safetensors in the model folder:
    an episode of your own, "states" and "rewards" and the metadata "target_return", as in
    the golden files of dtgen compare. Without it a synthetic episode is measured, with a
    warning. Each matrix is measured several times: seconds for a small model, many
    minutes for one of tens of megabytes.

    options:
      --max-action-error <number>  instead of the number in codegen.json
      --dry-run                    print the choice and codegen.json, write nothing
    """

  private static let check = """
    usage: dtgen check <Name>.dtmodel --against <folder> [options]

    Generates anew and compares with the files in <folder>; rows in expected.json are
    checked as in every build. Differences of the code and of the manifest
    are printed as a unified diff that brings <folder> up to date. Files that dtgen wrote
    and would not write today are named. Nothing is written.

    options:
      --against <folder>  the checked-in output
      --code-only         compare only the code, and what the manifest says of it

    Exit status: 0 up to date, 1 stale or something wrong with the input, 2 wrong usage.
    """

  private static let compare = """
    usage: dtgen compare <Name>.dtmodel --golden <file> [options]

    Replays the episode of a safetensors file in double precision, from the checkpoint and
    from the packed weights, and compares every stage that the file records: actions,
    hidden states, attentions, predictions; of actions also step by step. An episode of your
    own has "states", "rewards" and "environment_actions", a row for each step, and the
    metadata "target_return". Nothing is written.

    options:
      --golden <file>     numbers recorded by another program, Hugging Face's for example
      --tolerance <x>     the largest error of a number that counts as equal, absolute or
                          relative to its stage's largest number; default \(CompareRequest.defaultTolerance)
      --json              the same as JSON

    Exit status: 0 equal, 1 beyond the tolerance or something wrong with the input,
    2 wrong usage.
    """

  private static let library = """
    usage: dtgen library <Name>.dtmodel --output <folder> [options]

    Builds the model as Embedded Swift into lib<name>.a, lib<name>.so and <name>.h, where
    <name> is the model's in lower case, words apart (half_cheetah). The libraries hold the weights and need no Swift
    runtime: nothing but memcpy, memmove and memset; and where the processor lacks
    arithmetic, functions that are then listed. The toolchain of Swift 6.3 or later is
    needed to make them. After an error nothing is written.

    options:
      --output <folder>      where the files go; made if need be
      --march <name>         the instructions to use, as of the C compiler: native,
                             x86-64-v3, ...; default: what every machine of the kind has
      --target <triple>      another machine, aarch64-none-none-elf for example; the shared
                             library is made for Linux only
      --clang-flags <flags>  more options that tell the processor, for example
                             "-mcpu=cortex-m7 -mfloat-abi=hard -mfpu=fpv5-d16"
      --runtime <folder>     the folder Sources of this generator's package; default: where
                             dtgen was built
      --package <kind>       a package, too; as often as need be. The folder then has the
                             header in include/ and the libraries in lib/, and may be moved:
                               cmake       for find_package(<name>): <name>::<name>, which is
                                           linked statically, and <name>::shared
                               pkg-config  for pkg-config <name>, and <name>-shared
                               c++         include/<name>.hpp, a class in C++17
                               wheel       for pip install, with NumPy; Linux only
                               all         all of these
      --artifact-bundle      in place of all this a binary target for SwiftPM, the model
                             optimised in debug builds, too: <Name>Library.artifactbundle
                             and <Name>Model, a target with the type <Name>. A run with
                             another --target adds its library to the bundle. What goes
                             into Package.swift is printed
      --package-version <n>  the packages' version, 1.2.0 for example; default: the
                             generator's, and in the wheel's a digest of the library,
                             since pip leaves what has the same version as it is

    Exit status: 0 done, 1 something wrong with the input, 2 wrong usage.
    """

  private static let initializing = """
    usage: dtgen init <Name>.dtmodel [--dry-run]

    Begins codegen.json: the numbers that belong to the model and are in no checkpoint.
    Writes the keys that the folder itself tells (window, where config.json has it), and
    for all others prints lines to put into the file, with as many places as config.json
    says, and what each key means: window, state_mean, state_std, return_scale,
    target_return. A ? stands for each number: the file is wrong as long as one is left.
    A key that is there stays as it is. Where something is wrong, or nothing is missing,
    nothing is written.

    options:
      --dry-run  print what is missing and codegen.json, write nothing

    Exit status: 0 done, 1 something wrong with the input, 2 wrong usage.
    """

  private static let importing = """
    usage: dtgen import <checkpoint> --output <Name>.dtmodel [options]

    Makes a model folder from a checkpoint of another project: the same function under
    Hugging Face's names. <checkpoint> is a file of torch.save or safetensors, or a folder
    with one; nothing in it is executed. What lies beside it under its trainer's names
    (config.yaml, state_mean.npy, state_std.npy) is read. What no file says is asked for,
    a line for each fact; nothing is guessed in silence.

    families:
    \(ImportFamily.allCases.map { "  \($0.rawValue.padding(10))  \($0.name)" }.joined(separator: "\n"))

    options:
      --output <folder>      the folder, made if need be
      --family <family>      whose the checkpoint is, where its tensors do not tell
      --set <key>=<value>    a key of config.json or codegen.json, as often as need be;
                             null where there is nothing of the kind
      --statistics <file>    state_mean and state_std: a JSON object or an .npz file
      --dry-run              shows what would be written
      --replace              writes files anew that are there and say something else

    Exit status: 0 done, 1 something wrong with the input, or missing, 2 wrong usage.
    """

  private static let diff = """
    usage: dtgen diff <old> <new> [options]

    Explains in words what changed from <old> to <new>, for a pull request: shape and
    options by their keys, cost, packed tensors, weights (how many values, and how far),
    the generator's version. Either is a <Name>.dtmodel folder, a folder with the output
    of dtgen generate, or a file of such output. What generated code is, its manifest
    tells. Nothing is written.

    options:
      --json       the same as JSON
      --exit-code  exit with 1 where anything differs, as git diff does

    Exit status: 0 done, 1 something wrong with the input (with --exit-code also: there
    are differences), 2 wrong usage.
    """
}

extension String {
  fileprivate func padding(_ length: Int) -> String {
    self + String(repeating: " ", count: max(0, length - count))
  }
}
