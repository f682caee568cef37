namespace Movies;

/// <summary>The store cannot be reached. The message says what to do.</summary>
internal sealed class StoreException(string message, Exception? innerException = null)
    : Exception(message, innerException);
