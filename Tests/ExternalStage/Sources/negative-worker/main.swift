import Foundation
import NegativeStage
import VisionPipeline

exit(WorkerProgram.main(CommandLine.arguments, stages: .builtIn.adding(NegativeStage.self)))
