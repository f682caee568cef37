using System.Reflection;
using Memento.Storage;
using Microsoft.Extensions.DependencyInjection;

namespace Memento.Tests.Sqlite;

internal sealed class FakeMementoBuilder : IMementoBuilder
{
    public IServiceCollection Services { get; } = new ServiceCollection();

    public Func<IServiceProvider, IJournalStorage>? Create { get; private set; }

    public IMementoBuilder AddTable<T>(Action<TableOptions>? configure = null)
        where T : class => this;

    public IMementoBuilder AddTables(Assembly assembly) => this;

    public IMementoBuilder Configure(Action<MementoOptions> configure) => this;

    public IMementoBuilder UseStorage(Func<IServiceProvider, IJournalStorage> create)
    {
        Create = create;
        return this;
    }
}
