using System.Collections.Concurrent;
using System.Globalization;
using Memento.Locks;
using Memento.Messages;
using Memento.Partitions;
using Memento.Storage;
using Memento.Tables;

namespace Memento.Tests.Transactions;

/// <summary>An index grain that keeps the messages that it gets; a test answers for it.</summary>
internal sealed class FakeIndexGrain : IIndexGrain
{
    private readonly ConcurrentQueue<FakeMessage> _messages = new();
    private readonly ConcurrentQueue<string> _log = new();

    /// <summary>Answers each message when it comes; without it, a test answers it later.</summary>
    public Func<ExecuteRequest, ExecuteResponse>? Respond { get; set; }

    /// <summary>Answers a commit; without it there is none.</summary>
    public Func<CommitResult>? Commit { get; set; }

    /// <summary>Says how a transaction has ended.</summary>
    public Func<TransactionOutcome>? Decide { get; set; }

    /// <summary>The highest stamp that the silo knows.</summary>
    public long Clock { get; set; }

    /// <summary>Fails the abort with a number, counted from 1; null lets it arrive.</summary>
    public Func<int, Exception?>? RefuseAbort { get; set; }

    public IReadOnlyList<FakeMessage> Messages => [.. _messages];

    /// <summary>All calls, in their order.</summary>
    public IReadOnlyList<string> Log => [.. _log];

    public static ExecuteResponse AnswerAll(ExecuteRequest request)
        => Answer(
            request, static _ => new OperationResponse { Answer = new Answer { Number = 1 } });

    /// <summary>Answers as a partition of a table without indexes.</summary>
    public static ExecuteResponse AnswerPlain(ExecuteRequest request)
        => AnswerAll(request) with { PlainIndexes = new IndexSet([]).Stamp };

    public static ExecuteResponse Answer(
        ExecuteRequest request, Func<OperationRequest, OperationResponse> answer)
        => new()
        {
            Age = request.Age ?? new TransactionAge(7, request.TransactionId),
            Operations = request.Operations.Select(answer).ToArray(),
        };

    public Task<ExecuteResponse> ExecuteAsync(ExecuteRequest request)
    {
        int count = request.Operations.Length;
        _log.Enqueue(string.Create(CultureInfo.InvariantCulture, $"execute {count}"));
        var message = new FakeMessage(request);
        _messages.Enqueue(message);
        if (Respond is not null) message.Answer(Respond(request));
        return message.Response;
    }

    public Task RollbackAsync(RollbackRequest request)
    {
        _log.Enqueue(string.Create(CultureInfo.InvariantCulture, $"rollback {request.Savepoint}"));
        return Task.CompletedTask;
    }

    public Task AbortAsync(Guid transactionId)
    {
        _log.Enqueue("abort");
        return RefuseAbort?.Invoke(_log.Count(static each => each == "abort")) is { } error
            ? Task.FromException(error)
            : Task.CompletedTask;
    }

    public Task ArriveAsync(Guid transactionId)
    {
        _log.Enqueue("arrive");
        return Task.CompletedTask;
    }

    public Task<bool> AwaitArrivalAsync(Guid transactionId) => throw new NotSupportedException();

    public Task<AbortResponse> AbortAndConfirmAsync(CommitRequest request)
        => throw new NotSupportedException();

    public Task<OpenResponse> OpenAsync() => throw new NotSupportedException();

    public async Task<CommitResult> CommitAsync(CommitRequest request)
    {
        _log.Enqueue("commit");
        await Task.Yield();
        return (Commit ?? throw new NotSupportedException()).Invoke();
    }

    public Task ReportAsync(ManagerMessage message) => throw new NotSupportedException();

    public async Task<DecideAnswer> DecideAsync(CommitRequest request)
    {
        _log.Enqueue("decide");
        await Task.Yield();
        return new DecideAnswer((Decide ?? throw new NotSupportedException()).Invoke(), Clock);
    }

    public Task MoveAsync(SiloAddress from) => throw new NotSupportedException();

    public Task DropAsync() => throw new NotSupportedException();

    public Task ReloadAsync() => throw new NotSupportedException();

    public Task<long> HighestNumberAsync() => throw new NotSupportedException();
}
