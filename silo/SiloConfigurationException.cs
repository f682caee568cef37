namespace Memento.Silo;

/// <summary>
/// The silo cannot start with its configuration. The message says why and what to do.
/// </summary>
internal sealed class SiloConfigurationException(string message, Exception? innerException = null)
    : Exception(message, innerException);
