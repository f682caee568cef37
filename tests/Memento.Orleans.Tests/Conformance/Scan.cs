namespace Memento.Tests.Conformance;

/// <summary>The ways in which a transaction looks at many records.</summary>
public enum Scan
{
    All,
    Select,
    Match,
    Index,
    Count,
}
