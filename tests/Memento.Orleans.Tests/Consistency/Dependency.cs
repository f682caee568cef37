namespace Memento.Tests.Consistency;

/// <summary>One transaction must come before another, and why, in words.</summary>
internal sealed record Dependency(
    ListTransaction From, ListTransaction To, DependencyKind Kind, string Why);
