namespace Memento.Tests.Conformance;

/// <summary>Waits for a condition, with a bound that only a broken store reaches.</summary>
internal static class Waiting
{
    public static readonly TimeSpan Bound = TimeSpan.FromSeconds(20);

    public static Task Within(this Task task) => task.WaitAsync(Bound);

    public static Task<T> Within<T>(this Task<T> task) => task.WaitAsync(Bound);

    public static Task<T> Within<T>(this ValueTask<T> task) => task.AsTask().WaitAsync(Bound);

    /// <summary>Fails with what did not happen.</summary>
    public static async Task Within(this Task task, string what)
    {
        try
        {
            await task.WaitAsync(Bound);
        }
        catch (TimeoutException) when (!task.IsCompleted)
        {
            throw NotWithin(what);
        }
    }

    public static async Task<T> Within<T>(this Task<T> task, string what)
    {
        await ((Task)task).Within(what);
        return await task;
    }

    public static Task UntilAsync(Func<bool> condition, string what)
        => UntilAsync(() => Task.FromResult(condition()), what);

    public static Task UntilAsync(Func<Task<bool>> condition, string what)
        => Polling.UntilAsync(condition, Bound, () => what);

    private static TimeoutException NotWithin(string what)
        => new($"It did not happen within {Bound}: {what}.");
}
