using System.Globalization;

namespace Memento.Tests;

/// <summary>
/// The environment variables of the tests: the number of random cases, and the seed of a random
/// run.
/// </summary>
internal static class Settings
{
    /// <summary>
    /// The seed of a run with several workers or processes; a failure says which it was. The same
    /// seed gives the same choices. The threads and the moments are not the same.
    /// </summary>
    public static int RunSeed => Number("MEMENTO_RUN_SEED", Environment.TickCount);

    /// <summary>The number that a variable has.</summary>
    /// <param name="variable">Its name.</param>
    /// <param name="otherwise">The value if the variable is not set.</param>
    public static int Number(string variable, int otherwise)
        => Environment.GetEnvironmentVariable(variable) is { Length: > 0 } text
            ? int.Parse(text, CultureInfo.InvariantCulture)
            : otherwise;
}
