import DTGenReports

/// `find_package(hopper)`: the targets `hopper::hopper`, which is linked statically, and `hopper::shared`.
struct CMakePackage {
  var subject: PackageSubject
  var hasSharedLibrary: Bool

  private var name: String { subject.prefix }

  var files: [OutputFile] {
    [
      ("config", configuration), ("config-version", version),
    ].map { kind, text in
      OutputFile(name: "lib/cmake/\(name)/\(name)-\(kind).cmake", contents: Array(text.utf8))
    }
  }

  private var configuration: String {
    let libraries = [subject.archive] + (hasSharedLibrary ? [subject.sharedLibrary] : [])
    let needed = (["include/\(subject.name.header)"] + libraries.map { "lib/\($0)" })
    return """
      # \(subject.mark)
      #
      # \(subject.summary).
      #
      #   find_package(\(name) REQUIRED)
      #   target_link_libraries(program PRIVATE \(name)::\(name))   # the static library
      \(hasSharedLibrary ? "#   target_link_libraries(program PRIVATE \(name)::shared)   # or the shared one\n" : "")#
      # The folder that this file lies in, with the three above it, may be moved.
      get_filename_component(_\(name)_prefix "${CMAKE_CURRENT_LIST_DIR}/../../.." ABSOLUTE)

      foreach(_\(name)_file \(needed.joined(separator: " ")))
        if(NOT EXISTS "${_\(name)_prefix}/${_\(name)_file}")
          set(${CMAKE_FIND_PACKAGE_NAME}_FOUND FALSE)
          set(${CMAKE_FIND_PACKAGE_NAME}_NOT_FOUND_MESSAGE
            "${_\(name)_prefix}/${_\(name)_file} is missing: copy the whole folder that dtgen library wrote")
          return()
        endif()
      endforeach()

      if(NOT TARGET \(name)::\(name))
        add_library(\(name)::\(name) STATIC IMPORTED)
        set_target_properties(\(name)::\(name) PROPERTIES
          IMPORTED_LINK_INTERFACE_LANGUAGES C
          IMPORTED_LOCATION "${_\(name)_prefix}/lib/\(subject.archive)"
          INTERFACE_INCLUDE_DIRECTORIES "${_\(name)_prefix}/include")
      endif()
      \(hasSharedLibrary ? sharedTarget : "")
      unset(_\(name)_file)
      unset(_\(name)_prefix)

      """
  }

  private var sharedTarget: String {
    """

    if(NOT TARGET \(name)::shared)
      add_library(\(name)::shared SHARED IMPORTED)
      set_target_properties(\(name)::shared PROPERTIES
        IMPORTED_LOCATION "${_\(name)_prefix}/lib/\(subject.sharedLibrary)"
        IMPORTED_SONAME \(subject.sharedLibrary)
        INTERFACE_INCLUDE_DIRECTORIES "${_\(name)_prefix}/include")
    endif()

    """
  }

  /// Compatible is a later version that begins as the requested one does. A range says itself what is accepted.
  private var version: String {
    let beginning = subject.version.compatible.replacing(".", with: "[.]")
    return """
      # \(subject.mark)
      set(PACKAGE_VERSION "\(subject.version.numbers)")

      if(PACKAGE_FIND_VERSION_RANGE)
        if(PACKAGE_VERSION VERSION_LESS PACKAGE_FIND_VERSION_MIN
            OR PACKAGE_VERSION VERSION_GREATER PACKAGE_FIND_VERSION_MAX
            OR (PACKAGE_FIND_VERSION_RANGE_MAX STREQUAL "EXCLUDE"
              AND NOT PACKAGE_VERSION VERSION_LESS PACKAGE_FIND_VERSION_MAX))
          set(PACKAGE_VERSION_COMPATIBLE FALSE)
        else()
          set(PACKAGE_VERSION_COMPATIBLE TRUE)
        endif()
      elseif(PACKAGE_VERSION VERSION_LESS PACKAGE_FIND_VERSION
          OR NOT "${PACKAGE_FIND_VERSION}." MATCHES "^\(beginning)[.]")
        set(PACKAGE_VERSION_COMPATIBLE FALSE)
      else()
        set(PACKAGE_VERSION_COMPATIBLE TRUE)
        if(PACKAGE_VERSION VERSION_EQUAL PACKAGE_FIND_VERSION)
          set(PACKAGE_VERSION_EXACT TRUE)
        endif()
      endif()

      """
  }
}
