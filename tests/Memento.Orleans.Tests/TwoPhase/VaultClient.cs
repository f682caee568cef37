using Memento.Tests.Conformance;
using Microsoft.Extensions.DependencyInjection;

namespace Memento.Tests.TwoPhase;

/// <summary>
/// A client that has Orleans alone: its transactions begin and end by Orleans' own agent, which
/// makes the first participant that has written the manager.
/// </summary>
internal sealed class VaultClient(IServiceProvider services)
{
    private readonly IGrainFactory _grains = services.GetRequiredService<IGrainFactory>();

    private readonly ITransactionClient _transactions =
        services.GetRequiredService<ITransactionClient>();

    /// <summary>Calls a vault in a transaction of the client.</summary>
    public async Task RunAsync(Func<IVaultGrain, Task> call, string vault = "vault")
        => await _transactions.RunTransaction(
            TransactionOption.Create, () => call(_grains.GetGrain<IVaultGrain>(vault)))
            .Within("a transaction of the client");

    /// <inheritdoc cref="RunAsync"/>
    public async Task<T> AskAsync<T>(Func<IVaultGrain, Task<T>> call, string vault = "vault")
    {
        T answer = default!;
        await RunAsync(async grain => answer = await call(grain), vault);
        return answer;
    }
}
