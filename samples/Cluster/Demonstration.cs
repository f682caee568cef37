using System.Diagnostics;
using System.Globalization;
using Memento;

namespace Cluster;

/// <summary>
/// Three silos and two clients under load. A silo is killed and started again, and a fourth one
/// joins.
/// </summary>
/// <param name="place">Where the cluster keeps what it has.</param>
/// <param name="board">Shows what happens.</param>
/// <param name="length">How long the clients make transfers.</param>
internal sealed class Demonstration(Place place, Board board, TimeSpan length) : IAsyncDisposable
{
    private const int Accounts = 300;
    private const int Notes = 300;
    private const long FirstBalance = 1_000;
    private const double KillAt = 0.2;
    private const double RestartAt = 0.45;
    private const double JoinAt = 0.65;

    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(100);

    private readonly IReadOnlyList<SiloPlace> _places = SiloPlace.Find(4);
    private readonly List<SiloProcess> _silos = [];
    private readonly List<Client> _clients = [];
    private readonly List<string> _wrong = [];

    /// <summary>What went wrong; empty if all sums are right.</summary>
    public IReadOnlyList<string> Wrong => _wrong;

    /// <summary>What is said at the end, where all is right.</summary>
    public List<string> Right { get; } = [];

    /// <exception cref="ClusterException">A silo has failed.</exception>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        // The first one makes the tables, so that nobody waits for anybody.
        await StartAsync(_places[0], cancellationToken);
        await Task.WhenAll(_places.Skip(1).Take(2).Select(
            each => StartAsync(each, cancellationToken)));
        for (int i = 0; i < 2; i++)
            _clients.Add(await Client.ConnectAsync(place, cancellationToken));
        board.Transfers = () => _clients.Sum(static client => client.Acknowledged.Count);
        await FillAsync(cancellationToken);

        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Task load = Task.WhenAll(
        [
            .. _clients.Select(client => client.TransferAsync(Accounts, end.Token)),
            ReportAsync(end.Token),
            CountPartitionsAsync(end.Token),
        ]);
        try
        {
            await ActAsync(cancellationToken);
        }
        finally
        {
            await end.CancelAsync();
            await load;
        }

        await CountNotesAsync(cancellationToken);
        await StopAsync();
        await CheckDiskAsync(cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (SiloProcess silo in _silos) await silo.DisposeAsync();
        foreach (Client client in _clients) await client.DisposeAsync();
    }

    private async Task StartAsync(SiloPlace where, CancellationToken cancellationToken)
    {
        board.Show(where.Name, "starting");
        SiloProcess silo = await SiloProcess.StartAsync(where, place, cancellationToken);
        lock (_silos)
            _silos.Add(silo);
        board.Show(where.Name, $"serving, process {silo.Id}");
        board.Say($"{where.Name} serves, as process {silo.Id}");
    }

    private async Task FillAsync(CancellationToken cancellationToken)
    {
        await _clients[0].Memento.TransactionAsync(
            async tx =>
            {
                for (int id = 0; id < Accounts; id++)
                    await tx.WriteAsync(new Account { Id = id, Balance = FirstBalance });
                for (int id = 0; id < Notes; id++)
                    await tx.WriteAsync(new Note { Id = id, Text = $"note {id}" });
            },
            cancellationToken: cancellationToken);
        board.Say($"{Accounts} accounts on disk have {FirstBalance} each; {Notes} notes in ram");
    }

    /// <summary>What happens to the silos while the clients work.</summary>
    private async Task ActAsync(CancellationToken cancellationToken)
    {
        long began = Stopwatch.GetTimestamp();
        await UntilAsync(KillAt);
        SiloProcess victim = _silos.Single(silo => silo.Address == _places[1]);
        await KillAsync(victim, cancellationToken);
        await UntilAsync(RestartAt);
        await StartAsync(victim.Address, cancellationToken);
        await UntilAsync(JoinAt);
        await StartAsync(_places[3], cancellationToken);
        await UntilAsync(1);

        async Task UntilAsync(double part)
        {
            TimeSpan left = (length * part) - Stopwatch.GetElapsedTime(began);
            if (left > TimeSpan.Zero) await Task.Delay(left, cancellationToken);
        }
    }

    private async Task KillAsync(SiloProcess victim, CancellationToken cancellationToken)
    {
        string name = victim.Address.Name;
        long killed = Stopwatch.GetTimestamp();
        _silos.Remove(victim);
        await victim.KillAsync();
        await victim.DisposeAsync();
        board.Show(name, "killed");
        board.Say($"{name} was killed with kill -9");

        // Its accounts are among all accounts, so a report waits for their new owners.
        Task<long> served = SumAsync(_clients[1].Memento, cancellationToken);
        while (!await place.IsDeadAsync(victim.Address.SiloPort, cancellationToken))
            await Task.Delay(Look, cancellationToken);
        board.Say($"the other silos agreed that {name} is dead, {Seconds(killed)} after the kill");
        await served;
        board.Say($"the others serve all of its accounts, {Seconds(killed)} after the kill");
    }

    /// <summary>Adds all balances up in one transaction, again and again.</summary>
    private async Task ReportAsync(CancellationToken end)
    {
        while (!end.IsCancellationRequested)
        {
            try
            {
                long sum = await SumAsync(_clients[0].Memento, end);
                if (sum == Accounts * FirstBalance)
                    board.Reports++;
                else
                    _wrong.Add($"A report saw balances of {sum}.");
                await Task.Delay(TimeSpan.FromSeconds(1), end);
            }
            catch (OperationCanceledException) when (end.IsCancellationRequested)
            {
                return;
            }
            catch (MementoException failure)
            {
                board.Say($"a report failed, and is made again: {failure.Message}");
            }
        }
    }

    private async Task CountPartitionsAsync(CancellationToken end)
    {
        ITables tables = _clients[1].Memento.Tables;
        while (!end.IsCancellationRequested)
        {
            try
            {
                TableInfo[] infos =
                [
                    await tables.InfoAsync<Account>(end),
                    await tables.InfoAsync<Receipt>(end),
                    await tables.InfoAsync<Note>(end),
                ];
                board.Partitions = infos.SelectMany(static info => info.Partitions)
                    .CountBy(partition => NameOf(partition.Silo))
                    .ToDictionary(StringComparer.Ordinal);
                await Task.Delay(TimeSpan.FromSeconds(1), end);
            }
            catch (OperationCanceledException) when (end.IsCancellationRequested)
            {
                return;
            }
            catch (MementoException)
            {
                // A silo died while it was asked; the next look tells where its partitions are.
                await Task.Delay(Look, CancellationToken.None);
            }
        }

        string NameOf(string address) => _places.FirstOrDefault(each => address.Contains(
            $":{each.SiloPort}", StringComparison.Ordinal))?.Name ?? address;
    }

    private async Task CountNotesAsync(CancellationToken cancellationToken)
    {
        long left = await _clients[0].Memento.TransactionAsync(
            static async tx => await tx.CountAsync<Note>(), cancellationToken: cancellationToken);
        Right.Add(
            $"{left} of the {Notes} notes in ram are left. Those of {_places[1].Name} died with "
            + "it: a table in ram is as safe as the silo that has it.");
    }

    private async Task StopAsync()
    {
        foreach (Client client in _clients) await client.DisposeAsync();
        foreach (SiloProcess silo in _silos)
        {
            await silo.StopAsync();
            board.Show(silo.Address.Name, "stopped");
            board.Say($"{silo.Address.Name} was stopped");
        }
    }

    private async Task CheckDiskAsync(CancellationToken cancellationToken)
    {
        Guid[] acknowledged = [.. _clients.SelectMany(static client => client.Acknowledged)];
        HashSet<Guid> kept = await place.ReceiptsAsync(cancellationToken);
        int lost = acknowledged.Count(id => !kept.Contains(id));
        decimal sum = await place.SumAsync(cancellationToken);
        long wrong = await place.WrongBalancesAsync(FirstBalance, cancellationToken);
        int unsure = _clients.Sum(static client => client.Unsure);

        Check(acknowledged.Length > 0, "No transfer was made.");
        Check(lost == 0, $"{lost} transfers were acknowledged, and are not on disk.");
        Check(sum == Accounts * FirstBalance, $"The balances on disk add up to {sum}.");
        Check(wrong == 0, $"{wrong} balances are not what the receipts on disk say.");
        Check(board.Reports > 0, "No report was made.");
        Right.InsertRange(
            0,
            [
                Text($"{acknowledged.Length:N0} transfers were acknowledged, and each is on disk."),
                Text($"The balances on disk add up to {sum:N0}, each as its receipts say."),
                Text($"{board.Reports} reports in between saw that sum."),
                Text($"{unsure} transfers failed when the silo died; of these, ")
                    + Text($"{kept.Count - acknowledged.Length} are on disk, whole."),
            ]);

        void Check(bool isRight, string message)
        {
            if (!isRight) _wrong.Add(message);
        }
    }

    private static Task<long> SumAsync(IMemento store, CancellationToken cancellationToken)
        => store.TransactionAsync(
            static async tx => (await tx.AllAsync<Account>()).Sum(static each => each.Balance),
            cancellationToken: cancellationToken);

    private static string Seconds(long since) => Text(
        $"{Stopwatch.GetElapsedTime(since).TotalSeconds:0.0} s");

    private static string Text(FormattableString text)
        => text.ToString(CultureInfo.InvariantCulture);
}
