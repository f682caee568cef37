using System.Globalization;

namespace Memento.Tests.Chaos;

/// <summary>A run: the storage, the faults, how long, and the seed of what happens when.</summary>
/// <param name="Storage">The storage, by its name in the child process.</param>
/// <param name="Faults">The faults, of which one is chosen at a time.</param>
/// <param name="Loads">The loads by name.</param>
/// <param name="Length">How long the load runs under faults.</param>
/// <param name="Seed">The seed of the choices.</param>
internal sealed record ChaosPlan(
    string Storage,
    IReadOnlyList<ChaosFault> Faults,
    IReadOnlyList<string> Loads,
    TimeSpan Length,
    int Seed)
{
    /// <summary>The load over tables.</summary>
    public const string Tables = "tables";

    /// <summary>The load over tables and transactional grains.</summary>
    public const string Grains = "grains";

    /// <summary>Both loads.</summary>
    public const string All = $"{Tables} {Grains}";

    /// <summary>Whether what is in ram must be there in the end, too.</summary>
    public bool KeepsRam => Faults.All(static each => each is ChaosFault.Stop or ChaosFault.Join);

    /// <summary>
    /// A plan of so many seconds, with faults and loads by name, or what MEMENTO_CHAOS_SECONDS,
    /// MEMENTO_CHAOS_FAULTS and MEMENTO_CHAOS_LOADS say.
    /// </summary>
    public static ChaosPlan Of(string storage, string faults, string loads, int seconds)
        => new(
            storage,
            [
                .. (Environment.GetEnvironmentVariable("MEMENTO_CHAOS_FAULTS") ?? faults)
                    .Split(' ').Select(static each => Enum.Parse<ChaosFault>(each)),
            ],
            (Environment.GetEnvironmentVariable("MEMENTO_CHAOS_LOADS") ?? loads).Split(' '),
            TimeSpan.FromSeconds(Settings.Number("MEMENTO_CHAOS_SECONDS", seconds)),
            Settings.RunSeed);

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{Storage}, {string.Join(' ', Faults)}, {Length.TotalSeconds:0} s, seed {Seed}");
}
