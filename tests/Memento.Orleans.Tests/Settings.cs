using System.Globalization;

namespace Memento.Tests;

/// <summary>
/// What whoever runs the tests may set by an environment variable: how many random cases are tried.
/// </summary>
internal static class Settings
{
    /// <summary>The number that a variable has.</summary>
    /// <param name="variable">Its name.</param>
    /// <param name="otherwise">What holds where it is not set.</param>
    public static int Number(string variable, int otherwise)
        => Environment.GetEnvironmentVariable(variable) is { Length: > 0 } text
            ? int.Parse(text, CultureInfo.InvariantCulture)
            : otherwise;
}
