using Memento.Participants;
using Orleans.Transactions;

namespace Memento.Transactions;

/// <summary>
/// Our transaction client around Orleans' own. An application that joins a transaction inside a
/// body of ours finds the transaction of the body.
/// </summary>
internal sealed class MementoTransactionClient(
    ITransactionClient inner, MementoTransactionAgent agent, AmbientTransaction ambient)
    : ITransactionClient
{
    public Task RunTransaction(TransactionOption transactionOption, Func<Task> transactionDelegate)
    {
        IntroduceFor(transactionOption);
        return inner.RunTransaction(transactionOption, transactionDelegate);
    }

    public Task RunTransaction(
        TransactionOption transactionOption, Func<Task<bool>> transactionDelegate)
    {
        IntroduceFor(transactionOption);
        return inner.RunTransaction(transactionOption, transactionDelegate);
    }

    public Task RunTransaction(
        TransactionOption transactionOption, Func<Task> transactionDelegate, bool useExclusiveLock)
    {
        IntroduceFor(transactionOption);
        return inner.RunTransaction(transactionOption, transactionDelegate, useExclusiveLock);
    }

    public Task RunTransaction(
        TransactionOption transactionOption,
        Func<Task<bool>> transactionDelegate,
        bool useExclusiveLock)
    {
        IntroduceFor(transactionOption);
        return inner.RunTransaction(transactionOption, transactionDelegate, useExclusiveLock);
    }

    /// <summary>Runs a body as a new transaction that Orleans knows from the beginning.</summary>
    public async Task BeginAsync(TransactionStart start, Func<Task<bool>> body)
    {
        agent.StartNextWith(start);
        await inner.RunTransaction(TransactionOption.Create, body);
    }

    /// <summary>Ends a transaction that Orleans learned of while its body ran.</summary>
    public async Task EndAsync(TransactionState state, OrleansRecord record, bool commits)
    {
        record.JoinBranches();
        TransactionStart end = TransactionStart.Of(record.Info, isBranch: false);
        end.State = state;
        agent.StartNextWith(end);
        await inner.RunTransaction(TransactionOption.Create, () => Task.FromResult(commits));
    }

    /// <summary>
    /// Makes the running transaction, if Orleans does not know it, Orleans' ambient one for the
    /// rest of the calling method.
    /// </summary>
    /// <remarks>
    /// Only Orleans can set its ambient transaction. So Orleans runs a branch of ours as if it were
    /// a whole transaction, and ends it without effect. The caller goes on in the flow of control
    /// inside that branch.
    /// </remarks>
    /// <exception cref="MementoException">The running body was given up.</exception>
    public void Introduce()
    {
        ambient.ThrowIfGivenUp();
        if (ambient.Running is not { } state) return;

        TransactionInfo branch =
            (state.Orleans ?? state.Introduce(agent.Introduce(state))).Branch();
        ExecutionContext? inside = null;
        agent.StartNextWith(TransactionStart.Of(branch, isBranch: true));
        Task begun = inner.RunTransaction(TransactionOption.Create, () =>
        {
            inside = ExecutionContext.Capture();
            return Task.FromResult(true);
        });
        if (!begun.IsCompletedSuccessfully || inside is null)
        {
            throw new MementoException(
                $"Transaction {state.Id} could not take a grain call along. Do not suppress the "
                + "flow of the execution context around calls of transactional grains.",
                begun.Exception);
        }

        ExecutionContext.Restore(inside);
    }

    private void IntroduceFor(TransactionOption option)
    {
        if (option != TransactionOption.Create) Introduce();
    }
}
