namespace Memento.Tests.Transactions;

/// <summary>
/// Runs code as a grain's scheduler would: one step at a time, and what a step puts off runs behind
/// it.
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
