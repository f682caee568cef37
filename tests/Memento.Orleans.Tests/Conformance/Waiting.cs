namespace Memento.Tests.Conformance;

/// <summary>Waits for a condition, with a bound that only a broken store reaches.</summary>
internal static class Waiting
{
    public static readonly TimeSpan Bound = TimeSpan.FromSeconds(20);

    /// <summary>
    /// Where transactional grains take part: Orleans gives a grain that ends half a minute for its
    /// calls, and states are locked until the time limits of what has failed.
    /// </summary>
    public static readonly TimeSpan LongBound = TimeSpan.FromSeconds(60);

    public static Task Within(this Task task) => task.WaitAsync(Bound);

    public static Task<T> Within<T>(this Task<T> task) => task.WaitAsync(Bound);

    public static Task<T> Within<T>(this ValueTask<T> task) => task.AsTask().WaitAsync(Bound);

    /// <summary>Fails with what did not happen.</summary>
    public static async Task Within(this Task task, string what, TimeSpan? bound = null)
    {
        try
        {
            await task.WaitAsync(bound ?? Bound);
        }
        catch (TimeoutException) when (!task.IsCompleted)
        {
            throw NotWithin(what, bound ?? Bound);
        }
    }

    public static async Task<T> Within<T>(this Task<T> task, string what)
    {
        await ((Task)task).Within(what);
        return await task;
    }

    public static Task UntilAsync(Func<bool> condition, string what)
        => UntilAsync(() => Task.FromResult(condition()), what);

    public static Task UntilAsync(
        Func<Task<bool>> condition, string what, TimeSpan? bound = null)
        => Polling.UntilAsync(condition, bound ?? Bound, () => what);

    private static TimeoutException NotWithin(string what, TimeSpan bound)
        => new($"It did not happen within {bound}: {what}.");
}
