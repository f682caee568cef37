using System.Collections.Concurrent;
using System.Reflection;
using Memento.Tests;
using Xunit.v3;

[assembly: TestWatch]

namespace Memento.Tests;

/// <summary>
/// Ends a run of CI if a test hangs, and says which. Otherwise the run would end by its own limit,
/// which names no test. Long runs by hand may take their time.
/// </summary>
[AttributeUsage(AttributeTargets.Assembly)]
internal sealed class TestWatchAttribute : BeforeAfterTestAttribute
{
    /// <summary>Several times what the longest test takes on a slow machine.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(8);

    private static readonly TimeSpan Period = TimeSpan.FromSeconds(30);

    private static readonly ConcurrentDictionary<IXunitTest, long> Running = new();

    private static readonly Timer Watch = new(static _ => EndIfOneHangs(), null, Period, Period);

    public override void Before(MethodInfo methodUnderTest, IXunitTest test)
    {
        Running[test] = TimeProvider.System.GetTimestamp();
        GC.KeepAlive(Watch);
    }

    public override void After(MethodInfo methodUnderTest, IXunitTest test)
    {
        Running.TryRemove(test, out _);
    }

    private static void EndIfOneHangs()
    {
        if (Environment.GetEnvironmentVariable("CI") is not { Length: > 0 }) return;

        string[] hanging =
        [
            .. Running
                .Where(static each => TimeProvider.System.GetElapsedTime(each.Value) > Longest)
                .Select(static each => each.Key.TestDisplayName),
        ];
        if (hanging.Length > 0)
        {
            Environment.FailFast(
                $"Not ended after {Longest}: {string.Join(", ", hanging)}. Running too: "
                + string.Join(", ", Running.Keys.Select(static each => each.TestDisplayName)));
        }
    }
}
