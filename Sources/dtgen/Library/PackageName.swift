import DTGenReports

/// Names of models that a package cannot have.
enum PackageName {
  /// What is wrong with it for packages of these kinds.
  static func problems(_ subject: PackageSubject, _ kinds: Set<PackageKind>) -> [Diagnostic] {
    var problems: [Diagnostic] = []
    func add(_ kind: PackageKind, _ reason: String) {
      problems.append(
        Diagnostic(
          path: "\(subject.model).dtmodel", key: "--package \(kind.rawValue)",
          "\(reason); accepted: another name for the model"))
    }
    if kinds.contains(.cPlusPlus), reservedInCPlusPlus.contains(subject.model) {
      add(.cPlusPlus, "'\(subject.model)' is a word of C++, or of the class for C++")
    }
    if kinds.contains(.wheel) {
      if reservedInPython.contains(subject.prefix) {
        add(.wheel, "'\(subject.prefix)' is a word or a module of Python's own")
      } else if subject.prefix.hasSuffix("_") || subject.prefix.contains("__") {
        add(.wheel, "'\(subject.prefix)' is no name that pip takes, for its underscores")
      }
    }
    return problems
  }

  private static func words(_ text: String) -> Set<String> {
    Set(text.split { $0 == " " || $0 == "\n" }.map(String.init))
  }

  /// Keywords of C++17 and later that are none of Swift's, whose names no model has; and the names beside that of the model.
  private static let reservedInCPlusPlus = words(
    """
    alignas alignof and and_eq asm auto bitand bitor bool char char16_t char32_t char8_t co_await co_return co_yield
    compl concept const const_cast consteval constexpr constinit decltype delete double dynamic_cast explicit export
    extern float friend goto inline int long mutable namespace new noexcept not not_eq or or_eq register
    reinterpret_cast requires short signed sizeof static_assert static_cast std template this thread_local typedef
    typeid typename union unsigned using virtual void volatile wchar_t xor xor_eq
    Absent AnyBatchController AnyController BatchController Comparison Controller Error Instance
    NumberedBatchController NumberedController Numbers Observed SelfTestError SelfTestReport SelfTested Trunk
    """)

  /// Keywords, the standard library's modules from Python 3.10 on, and what no environment goes without. A package of
  /// such a name could not be imported, or would hide what others import.
  private static let reservedInPython = words(
    """
    and as assert async await break class continue def del elif else except finally for from global if import in is
    lambda nonlocal not or pass raise return try while with yield
    abc aifc annotationlib antigravity argparse array ast asynchat asyncio asyncore atexit audioop base64 bdb
    binascii binhex bisect builtins bz2 calendar cgi cgitb chunk cmath cmd code codecs codeop collections colorsys
    compileall compression concurrent configparser contextlib contextvars copy copyreg crypt csv ctypes curses
    dataclasses datetime dbm decimal difflib dis distutils doctest email encodings ensurepip enum errno faulthandler
    fcntl filecmp fileinput fnmatch fractions ftplib functools gc genericpath getopt getpass gettext glob graphlib
    grp gzip hashlib heapq hmac html http idlelib imaplib imghdr imp importlib inspect io ipaddress itertools json
    keyword lib2to3 linecache locale logging lzma mailbox mailcap marshal math mimetypes mmap modulefinder msilib
    msvcrt multiprocessing netrc nis nntplib nt ntpath nturl2path numbers opcode operator optparse os ossaudiodev
    pathlib pdb pickle pickletools pipes pkgutil platform plistlib poplib posix posixpath pprint profile pstats pty
    pwd py_compile pyclbr pydoc pydoc_data pyexpat queue quopri random re readline reprlib resource rlcompleter
    runpy sched secrets select selectors shelve shlex shutil signal site smtpd smtplib sndhdr socket socketserver
    spwd sqlite3 sre_compile sre_constants sre_parse ssl stat statistics string stringprep struct subprocess sunau
    symtable sys sysconfig syslog tabnanny tarfile telnetlib tempfile termios test textwrap this threading time
    timeit tkinter token tokenize tomllib trace traceback tracemalloc tty turtle turtledemo types typing unicodedata
    unittest urllib uu uuid venv warnings wave weakref webbrowser winreg winsound wsgiref xdrlib xml xmlrpc zipapp
    zipfile zipimport zlib zoneinfo
    numpy pip setuptools
    """)
}
