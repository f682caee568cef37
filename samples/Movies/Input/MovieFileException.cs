namespace Movies.Input;

/// <summary>A file of films that cannot be read further: where, why, and what to do.</summary>
internal sealed class MovieFileException(string message, Exception? innerException = null)
    : Exception(message, innerException);
