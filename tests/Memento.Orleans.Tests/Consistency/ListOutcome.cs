namespace Memento.Tests.Consistency;

/// <summary>How a recorded transaction ended.</summary>
internal enum ListOutcome
{
    Committed = 0,
    Aborted = 1,

    /// <summary>Its caller was not told.</summary>
    Unknown = 2,
}
