namespace Memento.Tests.Consistency;

/// <summary>Why one transaction must come before another; the weakest anomaly first.</summary>
internal enum DependencyKind
{
    /// <summary>The other appended right after it.</summary>
    WriteWrite = 0,

    /// <summary>The other transaction read its write.</summary>
    WriteRead = 1,

    /// <summary>It read a list before the other appended to it.</summary>
    ReadWrite = 2,

    /// <summary>It had ended before the other began.</summary>
    RealTime = 3,
}
