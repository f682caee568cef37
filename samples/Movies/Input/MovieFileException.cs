namespace Movies.Input;

/// <summary>
/// A file of films cannot be read further. The message says where, why, and what to do.
/// </summary>
internal sealed class MovieFileException(string message, Exception? innerException = null)
    : Exception(message, innerException);
