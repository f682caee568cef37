using System.Globalization;

namespace Memento.LogStorage;

/// <summary>The keys of the states.</summary>
internal static class StateKeys
{
    /// <summary>The only state of the log that is ever replaced.</summary>
    public const string Root = "root";

    /// <summary>A state of the log; the first one has number 1.</summary>
    public static string Log(long number)
        => string.Create(CultureInfo.InvariantCulture, $"log-{number}");

    /// <summary>The lease of a silo, which only that silo writes.</summary>
    public static string Lease(Guid owner) => $"lease-{owner:N}";

    /// <summary>A piece of a run; the first one has number 0.</summary>
    public static string Piece(long run, int number)
        => string.Create(CultureInfo.InvariantCulture, $"run-{run}-{number}");
}
