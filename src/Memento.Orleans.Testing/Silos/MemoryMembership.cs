using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Configuration;
using Orleans.Messaging;

namespace Memento.Testing;

/// <summary>
/// The membership of a cluster whose silos are in this process. It belongs to no silo, so that it
/// outlives each; clients find the gateways in it.
/// </summary>
internal sealed class MemoryMembership : IMembershipTable, IGatewayListProvider
{
    /// <summary>How soon a client learns of a gateway.</summary>
    private static readonly TimeSpan RefreshPeriod = TimeSpan.FromMilliseconds(200);

    private readonly Lock _gate = new();
    private readonly Dictionary<SiloAddress, (MembershipEntry Entry, string Version)> _rows = [];
    private TableVersion _version = new(0, "0");
    private long _lastVersion;

    public TimeSpan MaxStaleness => RefreshPeriod;

    public bool IsUpdatable => true;

    private List<MembershipEntry> ActiveRows
    {
        get
        {
            lock (_gate)
            {
                return
                [
                    .. _rows.Values
                        .Where(static row => row.Entry.Status == SiloStatus.Active)
                        .Select(static row => Copy(row.Entry)),
                ];
            }
        }
    }

    public void Use(ISiloBuilder silo)
    {
        silo.Configure<ClusterOptions>(Name);
        silo.Services.AddSingleton<IMembershipTable>(this);
    }

    public void Use(IClientBuilder client)
    {
        client.Configure<ClusterOptions>(Name);
        client.Configure<GatewayOptions>(static options =>
            options.GatewayListRefreshPeriod = RefreshPeriod);
        client.Services.AddSingleton<IGatewayListProvider>(this);
    }

    public Task InitializeMembershipTable(bool tryInitTableVersion) => Task.CompletedTask;

    public Task DeleteMembershipTableEntries(string clusterId)
    {
        lock (_gate)
            _rows.Clear();
        return Task.CompletedTask;
    }

    public Task CleanupDefunctSiloEntries(DateTimeOffset beforeDate) => Task.CompletedTask;

    public Task<MembershipTableData> ReadRow(SiloAddress key)
        => Task.FromResult(Read(row => row.SiloAddress.Equals(key)));

    public Task<MembershipTableData> ReadAll() => Task.FromResult(Read(static _ => true));

    public Task<bool> InsertRow(MembershipEntry entry, TableVersion tableVersion)
    {
        lock (_gate)
        {
            return Task.FromResult(
                !_rows.ContainsKey(entry.SiloAddress) && TryPut(entry, tableVersion));
        }
    }

    public Task<bool> UpdateRow(MembershipEntry entry, string etag, TableVersion tableVersion)
    {
        lock (_gate)
        {
            return Task.FromResult(
                _rows.TryGetValue(entry.SiloAddress, out var row)
                && row.Version == etag
                && TryPut(entry, tableVersion));
        }
    }

    public Task UpdateIAmAlive(MembershipEntry entry)
    {
        lock (_gate)
        {
            if (_rows.TryGetValue(entry.SiloAddress, out var row))
                row.Entry.IAmAliveTime = entry.IAmAliveTime;
        }

        return Task.CompletedTask;
    }

    public Task InitializeGatewayListProvider() => Task.CompletedTask;

    public Task<IList<Uri>> GetGateways()
        => Task.FromResult<IList<Uri>>(
        [
            .. ActiveRows.Select(static entry => SiloAddress
                .New(
                    entry.SiloAddress.Endpoint.Address,
                    entry.ProxyPort,
                    entry.SiloAddress.Generation)
                .ToGatewayUri()),
        ]);

    private static void Name(ClusterOptions options)
    {
        options.ClusterId = "test";
        options.ServiceId = "test";
    }

    private static MembershipEntry Copy(MembershipEntry entry) => new()
    {
        SiloAddress = entry.SiloAddress,
        Status = entry.Status,
        SuspectTimes = entry.SuspectTimes is null ? null : [.. entry.SuspectTimes],
        ProxyPort = entry.ProxyPort,
        HostName = entry.HostName,
        SiloName = entry.SiloName,
        RoleName = entry.RoleName,
        UpdateZone = entry.UpdateZone,
        FaultZone = entry.FaultZone,
        StartTime = entry.StartTime,
        IAmAliveTime = entry.IAmAliveTime,
    };

    private MembershipTableData Read(Func<MembershipEntry, bool> isAsked)
    {
        lock (_gate)
        {
            return new MembershipTableData(
                [
                    .. _rows.Values.Where(row => isAsked(row.Entry))
                        .Select(static row => Tuple.Create(Copy(row.Entry), row.Version)),
                ],
                _version);
        }
    }

    private bool TryPut(MembershipEntry entry, TableVersion version)
    {
        if (version.VersionEtag != _version.VersionEtag) return false;

        _rows[entry.SiloAddress] = (Copy(entry), NextVersion());
        _version = new TableVersion(version.Version, NextVersion());
        return true;
    }

    private string NextVersion() => (++_lastVersion).ToString(CultureInfo.InvariantCulture);
}
