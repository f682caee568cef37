namespace Memento.Tests.Chaos;

/// <summary>What can happen to a cluster of processes.</summary>
internal enum ChaosFault
{
    /// <summary>A silo is killed with SIGKILL, and another one starts later.</summary>
    Kill = 0,

    /// <summary>A silo stops as a deployment does, and another one starts.</summary>
    Stop = 1,

    /// <summary>A silo stands still for some seconds, by SIGSTOP and SIGCONT.</summary>
    Pause = 2,

    /// <summary>The database crashes and starts again.</summary>
    Database = 3,

    /// <summary>A silo joins, and one leaves later.</summary>
    Join = 4,

    /// <summary>
    /// A silo and another one, or all others, do not reach each other for some seconds. All reach
    /// the database and their clients.
    /// </summary>
    Cut = 5,
}
