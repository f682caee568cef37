namespace Memento.Tests.Transactions;

/// <summary>
/// Runs code as a grain's scheduler would: one step at a time, and the code that a step queues runs
/// after it.
/// </summary>
internal static class OneThread
{
    public static Task RunAsync(Func<Task> code)
        => Task.Factory.StartNew(
            code,
            CancellationToken.None,
            TaskCreationOptions.DenyChildAttach,
            new ConcurrentExclusiveSchedulerPair().ExclusiveScheduler).Unwrap();
}
