import Foundation
import VisionPipeline

exit(WorkerProgram.main(CommandLine.arguments))
