@main struct PendulumProgram { static func main() {} }
