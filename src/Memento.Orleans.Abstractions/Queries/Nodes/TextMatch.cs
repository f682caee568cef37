namespace Memento.Queries;

/// <summary>Where in a text another one is looked for, always by ordinal.</summary>
internal enum TextMatch
{
    StartsWith,
    EndsWith,
    Contains,
}
