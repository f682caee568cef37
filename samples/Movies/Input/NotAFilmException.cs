namespace Movies.Input;

/// <summary>A record that is sound JSON and yet no film. The file is read on after it.</summary>
internal sealed class NotAFilmException(string reason) : Exception(reason);
