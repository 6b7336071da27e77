/// Samples of a row, to be read.
///
/// Kernels work on pointers because bounds checks keep loops over rows from being vectorised. Who calls one of these
/// functions vouches for its length; each kernel takes it from the plane, never from another one.
typealias Samples = UnsafePointer<UInt8>
/// Samples of a row, to be written.
typealias MutableSamples = UnsafeMutablePointer<UInt8>
