namespace Movies.Input;

/// <summary>
/// A record that is valid JSON and not a film. The rest of the file is still read.
/// </summary>
internal sealed class NotAFilmException(string reason) : Exception(reason);
