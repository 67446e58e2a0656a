//! The operator as a library: the binary, the tests and the offline commands call the same functions.
